"""One process per role and data directory. The lock is the kernel's, so a killed process leaves none."""

import fcntl
import os
from pathlib import Path
from typing import IO

from walkon.types.errors import SetupError


class RoleLock:
    """Held from `hold` until `release` or the end of the process."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def hold(cls, data_dir: Path, role: str) -> "RoleLock":
        """Take the role. Raises SetupError with the other process's id where it is taken, or where the directory is unfit."""
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = (data_dir / f"{role}.lock").open("a+")
        except OSError as error:
            raise SetupError(f"{data_dir}: {error.strerror}. Give walkon a directory it may write, [walkon] data_dir.") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            other = file.read().strip() or "unknown"
            file.close()
            message = f"{data_dir}: another walkon (process {other}) uses this directory. Stop it, or give this one its own data_dir."
            raise SetupError(message) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return cls(file)

    @staticmethod
    def holder(data_dir: Path, role: str) -> int | None:
        """The process that holds the role now, None if nobody does. Takes nothing."""
        try:
            file = (data_dir / f"{role}.lock").open("r")
        except OSError:
            return None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return int(file.read().strip() or 0)
            return None

    def release(self) -> None:
        """Let the role go."""
        self._file.close()
