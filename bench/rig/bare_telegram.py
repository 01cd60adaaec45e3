"""A python-telegram-bot bot that gives walkon's answers from memory and hears what walkon hears. `python -m … TOKEN API_URL ANSWERS`."""

import json
import os
import sys
from pathlib import Path

os.environ["PTB_TIMEDELTA"] = "true"

from telegram import LinkPreviewOptions, Update
from telegram.ext import (
    AIORateLimiter,
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    MessageHandler,
    MessageReactionHandler,
    filters,
)

MINE: dict[int, str] = {}
"""Messages whose reactions would count."""


def serve(token: str, api_url: str, answers: dict[str, str]) -> None:
    """Answer until killed."""

    async def says(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message and update.message.text:
            await update.message.reply_text(answers[update.message.text.removeprefix("/")], do_quote=True)

    async def presses(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.callback_query:
            await update.callback_query.answer(answers["press"], show_alert=True)

    async def reacts(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message_reaction:
            MINE.get(update.message_reaction.message_id)

    async def hears(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message:
            MINE.get(update.message.message_id)

    builder = Application.builder().token(token).base_url(f"{api_url}/bot").rate_limiter(AIORateLimiter()).concurrent_updates(True)
    bot = builder.defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True))).build()
    bot.add_handler(CommandHandler(["help", "queue"], says))
    bot.add_handler(CallbackQueryHandler(presses))
    bot.add_handler(MessageReactionHandler(reacts))
    bot.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, hears))
    wanted = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.MESSAGE_REACTION, Update.INLINE_QUERY, Update.CHOSEN_INLINE_RESULT]
    bot.run_polling(allowed_updates=wanted)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], json.loads(Path(sys.argv[3]).read_text()))
