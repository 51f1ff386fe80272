"""What stands for a source in a summary: its author's own words first, and nobody's under another name."""

from fakes import HashEncoder, open_with_fake

from pullquote.answers.answer import Frame
from pullquote.answers.query import Query
from pullquote.upkeep.indexing import index_corpus

NEWS = (
    "---\nauthor: Jo Trew\n---\n“The town is blaming the wrong people for its traffic jams,” Tom Gren said.\n\n"
    "“A toll on the bridge would punish families who work on both banks,” said Rhys Kell.\n"
)


def ask(settings, question, **more):
    return open_with_fake(settings).ask(Query.checked(question, limit=1_000, **more))


def frames(answer):
    return [part.text for part in answer.parts if isinstance(part, Frame)]


def test_anothers_words_are_never_what_the_author_of_the_source_writes(settle):
    index_corpus(settle({"a.md": NEWS}), encoder=HashEncoder())
    answer = ask(settle({}), "What is this about?", max_quotes=2)
    assert frames(answer)[1:] == ["Tom Gren is quoted as saying:", "Rhys Kell is quoted as saying:"]


def test_an_authors_statement_stands_for_the_source_before_anothers(settle):
    own = "Councils vote on bridges and their tolls in the first week of every May."
    index_corpus(settle({"a.md": f"{NEWS}\n{own}\n"}), encoder=HashEncoder())
    answer = ask(settle({}), "What is this about?", max_quotes=2)
    assert [citation.quote.text for citation in answer.citations] == [own]
    assert frames(answer)[1:] == ["Jo Trew writes:"]


def test_all_that_an_author_says_is_not_what_the_author_reports(settle):
    index_corpus(settle({"a.md": NEWS}), encoder=HashEncoder())
    answer = ask(settle({}), "What does Jo Trew say?")
    assert not answer.answered
