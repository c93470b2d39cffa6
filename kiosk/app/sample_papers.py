"""Sample papers, three ways from one source: bytes for a printer, text, picture."""

from pylopdf_fonts_zh_cn import sans_path

from devices.paper_picture import png
from devices.paper_printer import render
from devices.paper_text import text
from devices.print_document import Document
from drivers.escpos.profiles import PROFILES, Profile
from kiosk.paper import samples


class UnknownPaper(LookupError):
    """No such paper or no such printer profile; the message lists those there are."""


def known_profile(profile: str) -> Profile:
    if profile not in PROFILES:
        raise UnknownPaper(f"no printer profile {profile!r}; there are {', '.join(sorted(PROFILES))}")
    return PROFILES[profile]


def sample_document(name: str, profile: str) -> Document:
    columns = known_profile(profile).columns
    if name not in samples.names():
        raise UnknownPaper(f"no paper {name!r}; there are {', '.join(samples.names())}")
    return samples.sample(name, columns)


def sample_bytes(name: str, profile: str) -> bytes:
    printer = known_profile(profile)
    return b"".join(render(sample_document(name, profile), printer.columns, printer))


def sample_text(name: str, profile: str) -> str:
    return text(sample_document(name, profile))


def sample_png(name: str, profile: str) -> bytes:
    return png(sample_document(name, profile), str(sans_path()))
