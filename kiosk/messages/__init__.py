"""Every sentence a person can see, hear or read on paper, by code, in Chinese and English.

A code names a moment, not a wording: `card.foreign` is what the screen says, `card.foreign.todo` what the customer
does next, and
`speak.…` what is spoken (no placeholders, because a voice says ready sentences). To add one, put a line into the
module of
`kiosk.messages.sentences` that fits; nothing else knows the list.
"""

from kiosk.messages.table import Language, MessageError, codes, fault_text, has, placeholders, text

__all__ = ["Language", "MessageError", "codes", "fault_text", "has", "placeholders", "text"]
