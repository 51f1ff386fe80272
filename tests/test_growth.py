"""The measure of growth itself: it lets the proportional pass, also on a noisy machine, and nothing of the square."""

import growth
import pytest
from growth import assert_in_proportion


@pytest.fixture(autouse=True)
def _work_tells_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "seconds", lambda work: work())


def test_what_grows_with_the_size_passes():
    assert_in_proportion(lambda size: lambda: size / 1000, 8_000)


def test_what_grows_with_the_square_fails():
    with pytest.raises(AssertionError, match=r"2000 takes 4\.000 s of CPU and 8000 takes 64\.000 s"):
        assert_in_proportion(lambda size: lambda: (size / 1000) ** 2, 8_000)


def test_one_slow_moment_of_the_machine_fails_nothing():
    noise = iter([1, 1, 5, 1, 1, 1])  # warm-up, small, large
    assert_in_proportion(lambda size: lambda: size / 1000 * next(noise), 8_000)
