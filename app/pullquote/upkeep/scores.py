"""Figures of judgement: how well a probability tells right from wrong, and how sure a share is."""

import math
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

BINS = 10


def auroc(scored: Sequence[tuple[float, bool]]) -> float | None:
    """The chance that a positive scores above a negative; ties count half. None with one kind only.

    Example: auroc([(0.9, True), (0.1, False)]) -> 1.0
    """
    ordered = sorted(scored)
    positives = sum(positive for _, positive in ordered)
    negatives = len(ordered) - positives
    if not positives or not negatives:
        return None
    ranks = 0.0
    place = 0
    for _, group in groupby(ordered, key=itemgetter(0)):
        tied = [positive for _, positive in group]
        ranks += sum(tied) * (place + (len(tied) + 1) / 2)
        place += len(tied)
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927).

    Example: wilson(9, 10) -> about (0.60, 0.98)
    """
    if not total:
        return 0.0, 1.0
    z = 1.96
    share = right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    reach = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return middle - reach, middle + reach


def calibration_error(scored: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error: stated probability against true share, in ten bins.

    Example: calibration_error([(0.75, True), (0.75, False)]) -> 0.25
    """
    return sum(len(members) / len(scored) * abs(mean_of(members, 0) - mean_of(members, 1)) for members in bins(scored))


def bins(scored: Sequence[tuple[float, bool]]) -> list[list[tuple[float, bool]]]:
    """The pairs by the tenth of the scale that their probability lies in; only tenths in use."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for pair in scored:
        bins[min(BINS - 1, int(pair[0] * BINS))].append(pair)
    return [members for members in bins if members]


def mean_of(pairs: Sequence[tuple[float, bool]], place: int) -> float:
    """The mean of one part of the pairs: 0 the stated, 1 the true."""
    return sum(pair[place] for pair in pairs) / len(pairs)
