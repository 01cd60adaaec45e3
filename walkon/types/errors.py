"""The root of every error that walkon raises on purpose. Errors carry facts; `bot/words.py` turns them into sentences."""


class WalkonError(Exception):
    """Something was refused or went wrong in a way that walkon foresaw."""


class SetupError(WalkonError):
    """The host's configuration or machine is not fit to start; each problem is one finished line with its mend."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
