"""Real processes, killed at every moment."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.waiting import until
from walkon.engine.backends.animatic import AnimaticBackend
from walkon.engine.child import Child
from walkon.engine.pair import environment
from walkon.engine.port import BackendUnavailable, Phase, RenderFailed, Step

ROOT = Path(__file__).parents[2]
TOY_STUDIO = str(Path(__file__).parent / "toy_studio.py")


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def forgotten(pid: int) -> bool:
    """Neither running nor a zombie of ours."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) != os.getpid()
    except OSError:
        return True


def at_picture(number: int, act: Callable[[], object]) -> Callable[[Step], None]:
    done = []

    def report(step: Step) -> None:
        if step.step >= number and not done:
            done.append(act())

    return report


@pytest.mark.faults
@pytest.mark.parametrize("victim", [0, 1], ids=["desk", "press"])
async def test_a_child_killed_while_it_draws_fails_the_render_and_the_next_one_works(toy, order, victim: int) -> None:
    await toy.start()
    pids = toy.pids
    asked = order("slowly", seconds=4)
    with pytest.raises(RenderFailed) as failure:
        await toy.render(asked, at_picture(3, lambda: os.kill(pids[victim], signal.SIGKILL)))
    assert failure.value.retryable
    assert not list(asked.directory.iterdir())
    assert all(map(forgotten, pids))
    assert (await toy.render(order(), lambda _: None)).seconds == 2


async def test_a_child_that_is_not_fit_for_another_order_is_replaced(toy, order) -> None:
    await toy.start()
    pids = toy.pids
    with pytest.raises(RenderFailed, match="memory ran out"):
        await toy.render(order("spent"), lambda _: None)
    assert all(map(forgotten, pids))
    assert (await toy.render(order(), lambda _: None)).seconds == 2


@pytest.mark.faults
@pytest.mark.parametrize("victim", [0, 1], ids=["desk", "press"])
async def test_a_child_killed_while_it_idles_is_replaced_unnoticed(toy, order, victim: int) -> None:
    await toy.start()
    os.kill(toy.pids[victim], signal.SIGKILL)
    assert (await toy.render(order(), lambda _: None)).seconds == 2


@pytest.mark.faults
@pytest.mark.parametrize("phase", [Phase.READING, Phase.SOUND])
async def test_a_child_killed_in_another_phase_fails_the_render_too(toy, order, phase: Phase) -> None:
    await toy.start()
    with pytest.raises(RenderFailed) as failure:
        await toy.render(order(seconds=8), lambda step: step.phase is phase and [os.kill(pid, signal.SIGKILL) for pid in toy.pids])
    assert failure.value.retryable
    assert (await toy.render(order(), lambda _: None)).seconds == 2


@pytest.mark.faults
async def test_a_crash_of_the_drawing_code_is_a_failure_that_may_be_retried(toy, order) -> None:
    with pytest.raises(RenderFailed) as failure:
        await toy.render(order("crash"), lambda _: None)
    assert failure.value.retryable
    assert "ended with" in failure.value.reason


@pytest.mark.faults
async def test_the_reason_names_the_press_where_the_press_fell(toy, order) -> None:
    await toy.start()
    with pytest.raises(RenderFailed) as failure:
        await toy.render(order("slowly", seconds=4), at_picture(3, lambda: os.kill(toy.pids[1], signal.SIGKILL)))
    assert "press ended with" in failure.value.reason


@pytest.mark.faults
async def test_a_hung_child_is_given_up(order) -> None:
    backend = AnimaticBackend(program=(TOY_STUDIO,), silence_s=1)
    with pytest.raises(RenderFailed) as failure:
        await backend.render(order("hang"), lambda _: None)
    assert failure.value.retryable
    assert "no sign of life" in failure.value.reason
    await backend.close()


@pytest.mark.parametrize("prompt", ["slowly", "hang"])
async def test_cancelling_stops_the_render_and_leaves_nothing(toy, order, prompt: str) -> None:
    await toy.start()
    drawing, asked = asyncio.Event(), order(prompt, seconds=20)
    task = asyncio.create_task(toy.render(asked, lambda step: step.phase is Phase.PAINTING and drawing.set()))
    await drawing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not list(asked.directory.iterdir())
    assert (await toy.render(order(), lambda _: None)).seconds == 2


async def test_a_child_that_stops_when_told_to_is_kept_warm(order) -> None:
    child = Child((TOY_STUDIO,), cancel_s=20)
    await child.start()
    pids, coding = child.pids, asyncio.Event()
    # After more pictures than the ring holds the press is coding too.
    task = asyncio.create_task(child.render(order("slowly", seconds=20), lambda step: step.step >= 24 and coding.set()))
    await coding.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert child.pids == pids
    await child.close()


async def test_a_child_that_does_not_stop_when_told_to_is_replaced(order) -> None:
    child = Child((TOY_STUDIO,), cancel_s=0.05)
    await child.start()
    pids, drawing = child.pids, asyncio.Event()
    task = asyncio.create_task(child.render(order("hang", seconds=20), lambda step: step.phase is Phase.PAINTING and drawing.set()))
    await drawing.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not set(child.pids) & set(pids)
    assert all(map(forgotten, pids))
    await child.close()


async def test_cancelling_while_it_waits_for_its_turn_leaves_the_other_render_alone(toy, order) -> None:
    first = asyncio.create_task(toy.render(order("slowly"), lambda _: None))
    second = asyncio.create_task(toy.render(order(), lambda _: None))
    await until(lambda: bool(toy.pids))
    second.cancel()
    assert (await first).seconds == 2


async def test_closing_ends_both_processes(toy) -> None:
    await toy.start()
    pids = toy.pids
    await toy.close()
    assert len(pids) == 2
    assert all(map(forgotten, pids))


@pytest.mark.faults
async def test_the_children_die_with_their_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import asyncio\n"
        "from walkon.engine.backends.animatic import AnimaticBackend\n"
        "async def main():\n"
        f"    backend = AnimaticBackend(program=({TOY_STUDIO!r},))\n"
        "    await backend.start()\n"
        "    print(*backend.pids, flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    parent = await asyncio.create_subprocess_exec(sys.executable, str(script), stdout=asyncio.subprocess.PIPE, env=environment)
    pids = [int(pid) for pid in (await parent.stdout.readline()).split()]
    assert len(pids) == 2
    assert all(map(running, pids))
    parent.kill()
    await parent.wait()
    await until(lambda: not any(map(running, pids)))


@pytest.mark.parametrize("program", [("-c", "raise SystemExit('no studio today')"), ("-c", "print('hello')")])
async def test_a_child_that_does_not_start_makes_the_backend_unavailable(order, program) -> None:
    backend = AnimaticBackend(program=program)
    with pytest.raises(BackendUnavailable):
        await backend.start()
    with pytest.raises(RenderFailed) as failure:
        await backend.render(order(), lambda _: None)
    assert failure.value.retryable
    await backend.close()


async def test_the_reason_of_a_failed_start_is_told() -> None:
    backend = AnimaticBackend(program=("-c", "raise SystemExit('no studio today')"))
    with pytest.raises(BackendUnavailable) as failure:
        await backend.start()
    assert "no studio today" in failure.value.reason
    await backend.close()


async def test_a_directory_that_is_gone_is_a_failure_and_not_a_crash(toy, order) -> None:
    asked = order()
    asked.directory.rmdir()
    with pytest.raises(RenderFailed):
        await toy.render(asked, lambda _: None)
    assert (await toy.render(order(), lambda _: None)).seconds == 2


async def test_the_worker_s_secrets_do_not_reach_the_child(toy, monkeypatch) -> None:
    monkeypatch.setenv("WALKON_DISCORD_TOKEN", "secret")
    await toy.start()
    for pid in toy.pids:
        assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_the_library_that_runs_the_voice_reports_nothing_and_numbers_no_machine(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    # It keeps its number beside what it has not sent yet, and does so as soon as it is loaded.
    subprocess.run([sys.executable, "-c", "import onnxruntime"], env=environment(), check=True, timeout=60)
    assert list(tmp_path.rglob("*")) == []


async def test_memory_does_not_grow_with_the_clip(toy, order) -> None:
    def peaks_mb() -> list[int]:
        texts = (Path(f"/proc/{pid}/status").read_text() for pid in toy.pids)
        return [int(text.partition("VmHWM:")[2].split()[0]) // 1024 for text in texts]

    await toy.render(order(seconds=4), lambda _: None)
    short = peaks_mb()
    await toy.render(order(seconds=20), lambda _: None)
    long = peaks_mb()
    # 384 more pictures would be 630 MB; the desk keeps none of them, the press only its sound (8 MB and what mixing it takes).
    assert long[0] - short[0] < 30
    assert long[1] - short[1] < 150


def test_the_worker_s_side_imports_nothing_that_draws_codes_or_speaks() -> None:
    code = (
        "import sys, walkon.engine.child; from walkon.engine.backends import load; load('animatic'), load('diffusers')\n"
        "print([name for name in ('skia', 'av', 'onnxruntime', 'hibari', 'numpy', 'PIL', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
