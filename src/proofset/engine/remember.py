"""What a run knows before it begins, and where what it keeps is remembered.

seeds, --against files ─▶ known from the start
--memory DIR ───────────▶ pool, seen as it was when the run was started
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..agents import by_meaning, known_seeds
from ..errors import UsageError
from ..memory import Admission, Known, Ledger, Pool, View, YieldLog
from ..memory.pool import DATABASE
from ..seeds import Seed
from .breadth import breadth_of
from .config import RunConfig

if TYPE_CHECKING:
    from ..agents.task import Task

_TOLD = 3


def check_known(config: RunConfig, *, resume: bool) -> None:
    """Raises UsageError for a file to compare with, an embedder or a memory that is not there."""
    from ..memory.rows import open_source

    for path in (*config.against, *config.anchor):
        open_source(Path(path))
    if config.settings.novelty_embedder is not None:
        from ..memory.novelty.semantic import open_embedder

        open_embedder(config.settings.novelty_embedder)
    if config.memory and Path(config.memory).exists() and not Path(config.memory).is_dir():
        raise UsageError(f"--memory {config.memory}: it is a file; name a directory")
    if resume and config.memory and not (Path(config.memory) / DATABASE).is_file():
        raise UsageError(f"{config.memory}: the memory that this run was started with is gone; put it back")


def open_pool(config: RunConfig, notice: Callable[[str], None]) -> closing[Pool] | nullcontext[None]:
    """The pool of a run, to be closed at its end. Blocks."""
    if not config.memory:
        return nullcontext()
    pool = Pool(
        Path(config.memory),
        threshold=config.settings.novelty_threshold,
        stem=config.settings.novelty_stem,
        embedder=config.settings.novelty_embedder,
        chroma=config.chroma,
        notice=notice,
    )
    return closing(pool)


def open_admission(
    config: RunConfig,
    *,
    run_id: str,
    ledger: Ledger,
    seeds: Sequence[Seed],
    task: Task[Any],
    pool: Pool | None,
    notice: Callable[[str], None],
) -> Admission:
    """The admission of a run, up to where the ledger has it. Blocks."""
    (view,) = (run.view for run in ledger.runs() if run.run_id == run_id)
    return Admission(
        threshold=config.settings.novelty_threshold,
        stem=config.settings.novelty_stem,
        window=config.slots_ahead,
        known=(*known_seeds(seeds, config.settings), *_texts_of(config.against, notice)),
        ledger=ledger,
        run_id=run_id,
        keep=config.keep,
        pool=pool,
        view=View(view["through"], tuple(view["pending"])) if view else None,
        remembers=config.replay is None,
        semantic=by_meaning(config.settings.novelty_embedder, ledger),
        kind=task.kind,
        outputs=task.corpus,
        watch=breadth_of(config, notice),
        log=None if config.settings.bandit_floor is None else YieldLog(config.slots_ahead),
    )


def _texts_of(paths: Sequence[str], notice: Callable[[str], None]) -> Iterator[Known]:
    """What the rows of these files ask first: their instructions, without inputs."""
    from ..memory.rows import BadRow, Missing, open_source, question_texts

    for path in paths:
        source = open_source(Path(path))
        read = left_out = 0
        for file, row in source.rows():
            texts = Missing(row.reason) if isinstance(row, BadRow) else question_texts(row.value)
            if not isinstance(texts, Missing):
                read += 1
                yield Known(f"{file.path}:{row.number}", texts[0].text)
                continue
            left_out += 1
            if left_out <= _TOLD:
                notice(f"{file.path} {file.unit} {row.number} is not compared with: {texts.reason}")
        for skipped in source.skipped:
            notice(f"{skipped.path} is not read: {skipped.why}")
        if left_out > _TOLD:
            notice(f"{path}: {left_out - _TOLD} more rows are not compared with")
        if not read:
            raise UsageError(f"--against {path}: no row holds a text to compare with")
