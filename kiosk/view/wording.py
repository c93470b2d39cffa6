"""Sentences with their figures, in the language of the visit."""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.messages import Language, has, placeholders, text
from kiosk.messages.units import money, note, volume
from kiosk.topup.session import Visit


@dataclass(frozen=True, slots=True)
class Wording:
    """Looks a code up and fills in what the visit and the house know. `facts` are the values that a sentence may ask
    for by name."""

    language: Language
    facts: Mapping[str, str]

    def say(self, code: str, **more: str) -> str:
        """The sentence, with only the facts that it asks for."""
        known = {**self.facts, **more}
        wanted = placeholders(code, self.language)
        return text(code, self.language, **{name: known[name] for name in wanted})

    def both(self, code: str) -> tuple[str, tuple[str, ...]]:
        """A code's sentence and what to do about it: `code` or `code.title`, then `code.body` and `code.todo` where
        there are any."""
        title = self.say(code if has(code) else f"{code}.title")
        return title, tuple(self.say(f"{code}.{part}") for part in ("body", "todo") if has(f"{code}.{part}"))

    def money(self, amount_fen: int) -> str:
        return money(amount_fen, self.language)

    def volume(self, m3_hundredths: int) -> str:
        return volume(m3_hundredths, self.language)

    def note(self, value_fen: int) -> str:
        return note(value_fen, self.language)


def wording_for(visit: Visit, language: Language, *, phone: str, opens: str = "", closes: str = "") -> Wording:
    """Everything that a sentence of this visit may ask for."""
    facts: dict[str, str] = {"phone": phone, "opens": opens, "closes": closes}
    order, holder, card = visit.order, visit.holder, visit.card
    if card is not None:
        facts["volume"] = volume(card.volume_on_card_m3_hundredths, language)
    if holder is not None:
        facts["notice"] = holder.safety_notice
        facts["amount"] = money(holder.arrears_fen, language)
    if order is not None:
        facts["amount"] = money(order.inserted_fen, language)
        facts["volume"] = volume(order.volume_m3_hundredths, language)
        facts["missing"] = money(max(0, order.to_pay_fen - order.inserted_fen), language)
        facts["receipt_no"] = order.order_id
        if order.unknown_notes_fen:
            facts["note"] = note(order.unknown_notes_fen, language)
    value_fen = visit.params.get("value_fen")
    if isinstance(value_fen, int):
        facts["note"] = note(value_fen, language)
    limit = visit.params.get("limit")
    if isinstance(limit, int):
        facts["limit"] = money(limit, language) if visit.message.endswith("_amount") else volume(limit, language)
    return Wording(language, facts)
