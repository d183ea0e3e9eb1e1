"""Weights to begin a training with: what is here, what can be fetched, how large, under which licence, whether intact.

Fetched files lie in the person's `weights` folder, files of one's own in `weights/own`, each with an account beside it.
"""

import hashlib
import json
import shutil
from collections.abc import Generator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from weldstudio import paths
from weldstudio.domain.changes import Progress
from weldstudio.domain.chores import FetchWeights, ReadWeights, WeightsRead
from weldstudio.domain.errors import JobFailed
from weldstudio.domain.messages import Completed
from weldstudio.domain.networks import NETWORKS
from weldstudio.domain.scheme import did_you_mean
from weldstudio.jobs.folder import replace_text
from weldstudio.studio import shipped
from weldstudio.studio.asking import answered

IMAGENET: Final = (
    "BSD-3-Clause; trained on ImageNet, whose terms are for research: ask its owners before selling the model"
)
"""Of torchvision's weights."""
ENDINGS: Final = (".pth", ".pt", ".safetensors", ".bin", ".ckpt", ".tar")
_FREE: Final = ("mit", "apache", "bsd", "cc0", "public domain", "cc-by-4", "cc by 4", "cc-by-3", "that of weldstudio")
_BOUND: Final = ("nc", "non-commercial", "noncommercial", "research", "imagenet")
_PIECE: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Kept:
    """Weights that are here, or that could be."""

    name: str
    """Of the file, or of what comes with the program; the network's where it is not here."""
    kind: str
    """'shipped', 'fetched', 'own', or 'to fetch'."""
    network: str
    """A name of `networks.NETWORKS`; '' where it is not known."""
    size: int
    """Bytes; of what is not here about."""
    licence: str
    file: Path | None = None
    sha256: str = ""
    """As it should be: all of it, or how it begins."""
    url: str = ""

    @property
    def here(self) -> bool:
        return self.file is not None

    @property
    def title(self) -> str:
        """Of the network."""
        return NETWORKS[self.network].title if self.network in NETWORKS else self.network or "not known"

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "file": str(self.file) if self.file else None,
            "here": self.here,
            "title": self.title,
            "commercial_use": commercial_use(self.licence),
        }


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A file of one's own, and how it fits."""

    kept: Kept
    account: WeightsRead

    @property
    def sentences(self) -> list[str]:
        """What matched and what did not, in plain words."""
        found = self.account
        if not found.network:
            return ["It fits no network that weldstudio knows, so no training can begin with it."]
        wanted = len(found.matched) + len(found.missing) + len(found.wrong)
        title = NETWORKS[found.network].title
        said = [f"{len(found.matched):,} of {wanted:,} tensors of {title} are in the file."]
        if found.missing:
            said.append(f"Missing: {_some(found.missing)}.")
        if found.wrong:
            said.append(f"Not as it should be: {_some(found.wrong)}.")
        if found.unknown:
            said.append(f"Unknown to the network: {_some(found.unknown)}.")
        if found.head:
            what = f"Its own classifier for {found.outputs:,} classes" if found.outputs else "What is not of the trunk"
            said.append(f"{what} is left out ({_some(found.head)}); a training makes a new classifier.")
        whole = not (found.missing or found.wrong or found.unknown)
        how = f"on the Train page under “Start from”, by command line with --weights “{self.kept.name}”"
        said.append(f"A training can begin with it: {how}." if whole else "A training would refuse it.")
        return said


def commercial_use(licence: str) -> str:
    """Whether a model that began with these weights may be sold or used in business, in plain words."""
    said = licence.casefold()
    if any(word in said for word in _BOUND):
        return "ask first: made for research"
    if "gpl" in said:
        return "only under the same licence"
    if any(word in said for word in _FREE):
        return "yes, with its notice"
    return "not known: ask whoever made them"


def folder() -> Path:
    """Where fetched weights lie."""
    return paths.user_data() / "weights"


def known() -> list[Kept]:
    """All that is here, then all that can be fetched."""
    found = [_of_shipped(model) for model in shipped.every()]
    table = json.loads((paths.resources() / "weights" / "torchvision.json").read_text("utf-8"))
    missing: list[Kept] = []
    for network, row in table.items():
        name = row["url"].rsplit("/", 1)[-1]
        begins = name.rsplit("-", 1)[-1].split(".")[0]
        kept = Kept(name, "to fetch", network, round(row["mb"] * 1e6), IMAGENET, sha256=begins, url=row["url"])
        file = folder() / name
        if file.is_file():
            found.append(replace(kept, kind="fetched", file=file, size=file.stat().st_size))
        else:
            missing.append(replace(kept, name=network))
    found += [own for file in sorted((folder() / "own").glob("*.json")) if (own := _of_own(file)) is not None]
    return found + missing


def named(name: str) -> Kept:
    """By the file's name or the network's. Raises JobFailed."""
    every = known()
    for one in every:
        if name in (one.name, one.network):
            return one
    raise JobFailed(f"There are no weights '{name}'.{did_you_mean(name, [o.name for o in every])}")


def fetch(network: str) -> Generator[Progress, None, Kept]:
    """Fetches torchvision's weights of a network, checked. Raises JobFailed, saying what to do without a connection."""
    one = named(network)
    if one.kind != "to fetch":
        return one
    try:
        yield from answered(FetchWeights(1, one.network), Completed, f"fetching the weights of {one.title}")
    finally:
        # Cancelled, the child has ended where it stood.
        (folder() / (one.url.rsplit("/", 1)[-1] + ".part")).unlink(missing_ok=True)
    return named(one.network)


def take_in(file: Path, *, licence: str = "", network: str = "") -> Generator[Progress, None, TakenIn]:
    """Puts a file of one's own among the weights, with an account of what matches. Raises JobFailed.

    A file that is torchvision's, by its name and checksum, becomes what fetching would have brought.
    """
    if not file.is_file():
        raise JobFailed(f"There is no file {file}.")
    if file.suffix.lower() not in ENDINGS:
        raise JobFailed(f"'{file.name}' is no weights file; these end in {', '.join(ENDINGS)}.")
    digest = yield from _digest(file)
    official = next((one for one in known() if one.url.endswith(f"/{file.name}")), None)
    account = yield from answered(
        ReadWeights(1, str(file.resolve()), network or (official.network if official else "")),
        WeightsRead,
        f"looking into {file.name}",
    )
    if official is not None and digest.startswith(official.sha256):
        target = folder() / file.name
        kept = replace(official, name=file.name, kind="fetched", file=target, size=file.stat().st_size)
    else:
        target = folder() / "own" / file.name
        kept = Kept(file.name, "own", account.network, file.stat().st_size, licence.strip(), file=target, sha256=digest)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.resolve() != file.resolve():
            part = target.with_name(target.name + ".part")
            shutil.copyfile(file, part)
            part.replace(target)
        if kept.kind == "own":
            about = {"network": kept.network, "licence": kept.licence, "sha256": digest}
            replace_text(_about(target), json.dumps(about, ensure_ascii=False) + "\n")
    except OSError as error:
        raise JobFailed(f"{file.name} cannot be put into {target.parent}: {error.strerror or error}.") from error
    return TakenIn(kept, account)


def check(one: Kept) -> Generator[Progress, None, bool]:
    """Whether a file that is here is what it should be, by its checksum."""
    if one.file is None:
        raise JobFailed(f"The weights '{one.name}' are not here; fetch them first.")
    digest = yield from _digest(one.file)
    return bool(one.sha256) and digest.startswith(one.sha256)


def remove(one: Kept) -> None:
    """Deletes fetched weights, or a file of one's own. Raises JobFailed for what comes with the program."""
    if one.kind not in ("fetched", "own") or one.file is None:
        raise JobFailed(f"The weights '{one.name}' cannot be removed; only fetched ones and your own can.")
    one.file.unlink(missing_ok=True)
    _about(one.file).unlink(missing_ok=True)


def own_file(name: str) -> Path | None:
    """A file of one's own by its name alone; None where there is none of that name."""
    file = folder() / "own" / Path(name).name
    return file if name == file.name and file.is_file() else None


def licence_of(file: Path) -> str:
    """What was said of a file of one's own when it was taken in; '' of any other one."""
    kept = _of_own(_about(file)) if _about(file).is_file() else None
    return "" if kept is None else kept.licence


def _of_shipped(model: shipped.ShippedModel) -> Kept:
    file = model.folder / shipped.WEIGHTS
    card = model.card
    return Kept(
        model.name,
        "shipped",
        card.network,
        file.stat().st_size,
        card.weights_licence,
        file=file,
        sha256=card.weights_sha256,
    )


def _of_own(about: Path) -> Kept | None:
    file = about.with_name(about.name.removesuffix(".json"))
    if not file.is_file():
        return None
    said = json.loads(about.read_text("utf-8"))
    return Kept(
        file.name, "own", said["network"], file.stat().st_size, said["licence"], file=file, sha256=said["sha256"]
    )


def _about(file: Path) -> Path:
    return file.with_name(file.name + ".json")


def _digest(file: Path) -> Generator[Progress, None, str]:
    digest, size, done = hashlib.sha256(), file.stat().st_size, 0
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            digest.update(piece)
            done += len(piece)
            yield Progress(done, size, f"checking {file.name}")
    return digest.hexdigest()


def _some(names: tuple[str, ...], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
