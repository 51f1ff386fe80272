"""The recipe: which share of the public sets and the policy texts the networks that find and judge learn from.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/recipe.py --out GROUPS.pkl --held HELD.pkl

writes what the late interaction and the judge learn besides the real debates, and the fold that nothing learns.
"""

import argparse
import os
import pickle
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from finder import Finder
from policy_examples import HOME, policy_examples
from ranker_examples import Group, examples

from pullquote.models.encoder import prepare_encoder
from pullquote.settings import Settings
from pullquote_eval.datasets import load_dataset

HELD = 1  # fold that is kept out of training


@dataclass(frozen=True)
class Material:
    """Questions to learn from: of the public sets, of the policy texts, and broad ones made from these."""

    public: Sequence[Group]
    own: Sequence[Group]
    broad: Sequence[Group]


def gather(settings: Settings) -> Material:
    """Build the indexes of the sets where they are not there, and find every question's windows."""
    data = Path(os.environ["PULLQUOTE_EVAL_DATA"]) / "eval"
    encoder = prepare_encoder(settings.model, settings.index)
    folders = [HOME / name for name in ("written", "passages", "paragraphs")]
    folders += [data / name for name in ("squad2-dev-half", "clapnq-dev")]
    finders: Mapping[str, Finder] = {
        folder.name: Finder(load_dataset(folder, settings), settings, encoder) for folder in folders
    }
    return Material(*examples(data, finders, 7), *policy_examples(data, finders, 7))


def sampled(material: Material, seed: int = 1) -> list[Group]:
    """Public questions, and so many of the policy texts' that these do not outweigh them."""
    draw = random.Random(seed)
    learned = [one for one in material.public if one.fold != HELD]
    own = [one for one in material.own if one.fold != HELD]
    broad = [one for one in material.broad if one.fold != HELD]
    shares = (
        ([one for one in learned if one.whole], None), ([one for one in own if one.judged], 1_500),
        ([one for one in own if not one.judged], 1_500), (broad, 500), ([one for one in learned if not one.whole], 700),
    )  # fmt: skip
    return [
        one
        for part, most in shares
        for one in (part if most is None else draw.sample(part, min(most, len(part))))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held", type=Path, required=True)
    given = parser.parse_args()
    material = gather(Settings.read(os.environ))
    given.out.write_bytes(pickle.dumps(sampled(material)))
    given.held.write_bytes(
        pickle.dumps([one for one in material.public if one.fold == HELD and one.whole])
    )


if __name__ == "__main__":
    main()
