"""The root of every error that walkon raises on purpose. Errors carry facts; `bot/words.py` turns them into sentences."""

from dataclasses import fields, is_dataclass


class WalkonError(Exception):
    """Something was refused or went wrong in a way that walkon foresaw. As text it is its facts, for the log."""

    def __str__(self) -> str:
        if not is_dataclass(self):
            return super().__str__()
        return ", ".join(f"{fact.name}: {getattr(self, fact.name)}" for fact in fields(self))


class SetupError(WalkonError):
    """The host's configuration or machine is not fit to start; each problem is one finished line with its mend."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
