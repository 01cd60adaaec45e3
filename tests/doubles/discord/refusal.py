"""Discord's errors."""


class Refusal(Exception):
    """An error answer. code: Discord's own (docs: topics/opcodes-and-status-codes)."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def unknown(what: str) -> Refusal:
    """There is no such thing, or no longer."""
    code = {"channel": 10003, "message": 10008, "webhook": 10015, "interaction": 10062, "member": 10007, "user": 10013, "guild": 10004}[
        what
    ]
    return Refusal(404, code, f"Unknown {what.capitalize()}")
