"""Where the weights of the bundled models lie: a checkout holds them, else packages of data beside this one's code do."""

import importlib.util
from functools import lru_cache
from pathlib import Path

from pullquote.errors import EncoderError

VERSION = "1"  # of the packages of data, which the one of code asks for; raised with any change of weights
PACKAGES = {  # the weights that each holds: package indexes take files of 100 MB at most
    "pullquote-weights": ("encoder", "interaction", "ranker", "voice"),
    "pullquote-weights-large": ("ranker-large",),
}
REQUIREMENTS = {
    name: f"{package}=={VERSION}" for package, names in PACKAGES.items() for name in names
}
CARD = "config.json"
_CHECKOUT = Path(__file__).parent / "weights"


@lru_cache(maxsize=len(REQUIREMENTS))
def folder_of(name: str) -> Path:
    """The folder of bundled weights by their name, whether or not it is there."""
    module = REQUIREMENTS[name].partition("==")[0].replace("-", "_")
    package = None if _CHECKOUT.is_dir() else importlib.util.find_spec(module)
    places = package and package.submodule_search_locations
    return Path(places[0] if places else _CHECKOUT) / name


def cards() -> list[Path]:
    """The cards of all bundled weights that are there, in one order wherever they lie."""
    return [card for name in sorted(REQUIREMENTS) if (card := folder_of(name) / CARD).is_file()]


def mend(folder: Path) -> str:
    """What to do about weights in a folder that are not what they should be."""
    if folder.name not in REQUIREMENTS or folder != folder_of(folder.name):
        return "train it again with this version's benchmarks"
    if _CHECKOUT.is_dir():
        return "run `git checkout app/pullquote/models/weights`"
    return f"run `pip install --force-reinstall --no-deps {REQUIREMENTS[folder.name]}`"


def require(folder: Path) -> None:
    """Refuse weights of another version of their package than the one that this code was made for.

    Raises:
        EncoderError: the package that should hold them is of another version, or is not installed.
    """
    if _CHECKOUT.is_dir() or folder.name not in REQUIREMENTS or folder != folder_of(folder.name):
        return
    from importlib.metadata import (  # the parser of mail headers comes with it
        PackageNotFoundError,
        version,
    )

    package = REQUIREMENTS[folder.name].partition("==")[0]
    try:
        installed = version(package)
    except PackageNotFoundError:
        installed = "none"
    if installed != VERSION:
        needed = f"this version of pullquote needs version {VERSION} of {package}, and {installed} is installed"
        raise EncoderError(f"{needed}; run `pip install {package}=={VERSION}`")
