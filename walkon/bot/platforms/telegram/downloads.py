"""Files that people sent: Telegram hands them out by an id, in an answer that is read as a whole."""

from telegram.error import TelegramError
from telegram.ext import ExtBot

from walkon.bot.files import Attachment, FileGone, FileTooLarge

FILE_ID = "telegram:"
"""How the address of an attachment begins; the id follows. The real address holds the token."""


async def download(bot: ExtBot[int], attachment: Attachment, *, limit: int) -> bytes:
    """The file. Telegram itself hands out at most 20 MB (Bot API, getFile). Raises FileTooLarge, FileGone."""
    try:
        file = await bot.get_file(attachment.url.removeprefix(FILE_ID))
        if (file.file_size or 0) > limit:
            raise FileTooLarge(limit)
        content = await file.download_as_bytearray()
    except (TelegramError, RuntimeError) as error:
        raise FileGone from error
    if len(content) > limit:
        raise FileTooLarge(limit)
    return bytes(content)
