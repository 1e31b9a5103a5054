"""Which scenarios a run plays, and on which region pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.region import PACK

FEATURES = Path(__file__).resolve().parent
PRODUCT = "platform"


@dataclass(frozen=True, slots=True)
class Selection:
    """The pack, and the feature files or folders by the place that they count for: a region, or ``platform``."""

    pack: Path
    features: Mapping[str, tuple[Path, ...]]

    def place_of(self, feature: Path) -> str:
        """The place that a feature file of this selection counts for."""
        return next(place for place, paths in self.features.items() if any(map(feature.is_relative_to, paths)))

    @property
    def paths(self) -> list[str]:
        """All files and folders to play."""
        return [str(path) for paths in self.features.values() for path in paths]

    def only(self, wanted: Sequence[Path]) -> Selection:
        """What of this selection lies in the wanted files and folders."""
        chosen = {
            place: tuple(
                path if path.is_relative_to(want) else want
                for path in paths
                for want in (each.resolve() for each in wanted)
                if path.is_relative_to(want) or (want.is_relative_to(path) and want.exists())
            )
            for place, paths in self.features.items()
        }
        return Selection(self.pack, {place: paths for place, paths in chosen.items() if paths})


def everything() -> Selection:
    """All scenarios of the checkout, on the demonstration region."""
    places = (path for path in sorted(FEATURES.iterdir()) if path.is_dir() and has_features(path))
    return Selection(PACK, {path.name: (path,) for path in places})


def of_region(region: str, pack: Path = PACK) -> Selection:
    """The scenarios of the product and of a region, on a pack.

    ``region`` is the word by which the regulation is known (``regulation.clauses`` of the pack). The region's scenarios
    lie in ``features/<region>/`` of the checkout, and in a folder ``features`` of the pack itself.
    """
    pack = pack.resolve()
    regional = tuple(path for path in (FEATURES / region, pack / "features") if has_features(path))
    return Selection(pack, {PRODUCT: (FEATURES / PRODUCT,), **({region: regional} if regional else {})})


def has_features(folder: Path) -> bool:
    """Whether any feature file lies in the folder."""
    return any(folder.rglob("*.feature"))


_current: list[Selection] = []


def use(selection: Selection) -> None:
    """Let the runs of this process play ``selection``."""
    _current[:] = [selection]


def current() -> Selection:
    """What a run of this process plays; everything, when nothing was chosen."""
    return _current[0] if _current else everything()
