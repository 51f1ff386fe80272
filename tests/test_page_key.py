"""The page's own key: it lets a page search, and its visitors are not counted as one."""

import asgi
from test_rates import SEARCH, app_with

from pullquote.api.guard import Keys
from pullquote.values import sealed


def test_the_visitors_of_a_page_do_not_share_the_limit_of_one_key(settle):
    app = app_with(settle, rate_limit="100/minute", key_rate_limit="3/minute", search_keys=(SEARCH,))
    named = {"X-API-Key": Keys(None, (sealed(SEARCH),)).page}
    visitors = [(f"203.0.113.{number}", 1) for number in range(5)]
    answers = [asgi.ask(app, "GET", "/v1/debates", headers=named, client=visitor) for visitor in visitors]
    assert [answer.status for answer in answers] == [200] * 5
    assert '"key"' not in answers[0].headers["ratelimit-policy"]
