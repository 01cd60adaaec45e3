"""The suite that loads models of random weights: `make test-engine`. Without torch there is nothing to collect here."""

from collections.abc import AsyncIterator, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from walkon.config import EngineSection
from walkon.engine.backends.diffusers import DiffusersBackend
from walkon.engine.port import Order
from walkon.types.scene import Aspect, BuiltOn, Line, Scene, Shot

if TYPE_CHECKING:
    from walkon.engine.models.driver import Driver

collect_ignore_glob = [] if find_spec("torch") else ["test_*.py"]

FAMILIES = ("kandinsky6", "ltx2", "wan", "wan_ti2v", "wan_vace")


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all tests of this process, so that each tiny model is built once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    """Each family in turn."""
    return str(request.param)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(family: str, data_dir: Path) -> AsyncIterator[DiffusersBackend]:
    """The backend over a real child process with the family's tiny model, which one loop of the whole session holds."""
    made = DiffusersBackend(EngineSection(model=f"tiny:{family}"), data_dir)
    yield made
    await made.close()


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., Order]:
    """Makes orders, each with a directory of its own."""

    def make(
        prompt: str = "a fox on the moon",
        *,
        seconds: float = 1,
        seed: int = 1,
        aspect: Aspect = Aspect.WIDE,
        shots: int = 1,
        say: str = "",
        max_bytes: int = 8_000_000,
        built_on: BuiltOn | None = None,
        source: Path | None = None,
    ) -> Order:
        lines = (Line(speaker=None, text=say),) if say else ()
        directory = tmp_path / f"order-{len(list(tmp_path.iterdir()))}"
        directory.mkdir()
        scene = Scene(
            prompt=prompt,
            seconds=seconds,
            seed=seed,
            aspect=aspect,
            shots=(Shot(lines=lines),) + (Shot(),) * (shots - 1),
            built_on=built_on,
        )
        return Order(scene=scene, directory=directory, max_bytes=max_bytes, source=source)

    return make


@pytest.fixture(autouse=True)
def quiet_libraries() -> Iterator[None]:
    """Libraries that load models speak on standard error; the tests are not about that."""
    import torch

    from walkon.engine.models.loading import quiet

    quiet()
    torch.set_num_threads(1)
    yield


@pytest.fixture(scope="session")
def drivers(data_dir: Path) -> Callable[..., "Driver"]:
    """Loads a family's tiny model into this very process; each call gives a fresh one."""
    from walkon.engine.model_settings import Settings
    from walkon.engine.models.loading import loaded

    def load(family: str, **changed: object) -> "Driver":
        return loaded(Settings(family=family, tiny=True, folder=None, data_dir=data_dir, words="", **changed))  # type: ignore[arg-type]

    return load


@pytest.fixture
def driver(family: str, drivers: Callable[..., "Driver"]) -> "Driver":
    """The family's tiny model, fresh, in this process."""
    return drivers(family)
