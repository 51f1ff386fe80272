"""The recipes: which share of what there is each training learns from, and how it is gathered.

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
from ranker_examples import Group, Opinion, examples

from pullquote.models.encoder import prepare_encoder
from pullquote.settings import Settings
from pullquote.upkeep.evaluate import load_dataset

HELD = 1  # fold that is kept out of training
OWN = ("policy", "dense", "topics")  # where the project's own pairs of stance come from


@dataclass(frozen=True)
class Stage:
    """One pass of the recipe: which shares of what there is, and how fast.

    `judged`, `dense` and `topics` are the questions whose candidates were judged, the documents labelled whole and
    the short arguments on many topics;
    `heads` says how much faster the heads learn than the trunk; `rounded`, whether products are in 8 bits; `alone`,
    that stance learns alone, in upper layers of its own, so that no answer changes; `anew`, that it does not go on
    from the stage before but from the last one that is not anew. What is shipped is the mean of the weights after that
    one and after all that began there (Wortsman et al. 2022, "Model soups").
    """

    public: float
    policy: float
    broad: float
    epochs: int
    rate: float
    heads: float = 5.0
    seed: int = 7
    judged: float = 0.0
    dense: float = 0.0
    topics: float = 0.0
    rounded: bool = False
    alone: bool = False
    anew: bool = False
    dropout: float = 0.0

    def own(self) -> dict[str, float]:
        """Which share of the project's own pairs of stance, by where they come from."""
        return dict(zip(OWN, (self.policy, self.dense, self.topics), strict=True))


RECIPE = (
    Stage(public=1.0, policy=0.0, broad=0.0, epochs=3, rate=1e-4, heads=10.0),
    Stage(public=0.35, policy=1.0, broad=0.0, epochs=2, rate=7e-5, judged=1.0),
    Stage(public=0.35, policy=1.0, broad=0.0, epochs=1, rate=5e-5, seed=8, judged=1.0),
    Stage(public=0.08, policy=0.15, broad=0.5, epochs=1, rate=3e-5, heads=3.0, seed=9, judged=0.15),
    Stage(public=0.5, policy=1.0, broad=0.4, epochs=1, rate=6e-5, heads=2.0, seed=10, judged=1.0),
    Stage(
        public=0.12,
        policy=0.1,
        broad=0.2,
        epochs=1,
        rate=5e-5,
        heads=2.0,
        seed=11,
        judged=1.0,
        dense=0.85,
        rounded=True,
    ),
    Stage(public=1.0, policy=1.0, broad=0.0, epochs=3, rate=1e-4, seed=12, dense=0.4, alone=True, dropout=0.1),
    Stage(public=1.0, policy=1.0, broad=0.0, epochs=3, rate=1e-4, seed=24, dense=0.3, alone=True, dropout=0.1),
    Stage(
        public=0.5,
        policy=0.5,
        broad=0.0,
        epochs=1,
        rate=2e-5,
        seed=25,
        dense=0.3,
        rounded=True,
        alone=True,
        dropout=0.05,
    ),
    Stage(
        public=1.0, policy=0.5, broad=0.0, epochs=2, rate=1e-4, seed=31, dense=0.2, topics=1.0, alone=True, anew=True,
        dropout=0.1,
    ),
    Stage(
        public=1.0, policy=1.0, broad=0.0, epochs=4, rate=1.5e-4, seed=41, dense=0.25, topics=1.0, alone=True, anew=True,
        dropout=0.1,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Material:
    """All there is to learn from: groups and pairs of the public sets, and of the policy texts."""

    groups: Sequence[Group]
    pairs: Sequence[Opinion]
    own: Sequence[Group]
    broad: Sequence[Group]
    opinions: Sequence[Opinion]

    def of(self, stage: Stage) -> tuple[list[Group], list[Opinion]]:
        """What a stage learns from."""
        draw = random.Random(stage.seed)
        judged = [one for one in self.own if one.judged]
        plain = [one for one in self.own if not one.judged]
        groups = ((self.groups, stage.public), (plain, stage.policy), (judged, stage.judged), (self.broad, stage.broad))
        some = [one for part, share in groups for one in part if one.fold != HELD and draw.random() < share]
        own = {source: [one for one in self.opinions if one.source == source] for source in OWN}
        sides = ((self.pairs, stage.public), *((own[source], share) for source, share in stage.own().items()))
        return some, [one for part, share in sides for one in part if one.fold != HELD and draw.random() < share]

    def held(self) -> tuple[list[Group], list[Opinion]]:
        """What no stage learns from."""
        groups = [group for group in (*self.groups, *self.own) if group.fold == HELD]
        return groups, [pair for pair in (*self.pairs, *self.opinions) if pair.fold == HELD]


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
    learned = [one for one in material.groups if one.fold != HELD]
    own = [one for one in material.own if one.fold != HELD]
    broad = [one for one in material.broad if one.fold != HELD]
    shares = (
        ([one for one in learned if one.whole], None), ([one for one in own if one.judged], 1_500),
        ([one for one in own if not one.judged], 1_500), (broad, 500), ([one for one in learned if not one.whole], 700),
    )  # fmt: skip
    return [one for part, most in shares for one in (part if most is None else draw.sample(part, min(most, len(part))))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held", type=Path, required=True)
    given = parser.parse_args()
    material = gather(Settings.read(os.environ))
    given.out.write_bytes(pickle.dumps(sampled(material)))
    given.held.write_bytes(pickle.dumps([one for one in material.groups if one.fold == HELD and one.whole]))


if __name__ == "__main__":
    main()
