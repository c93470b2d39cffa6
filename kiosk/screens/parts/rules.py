"""Each module of widgets has its canvas rules in a `.kv` file of the same name beside it."""

from pathlib import Path

from kivy.lang import Builder


def load_rules_of(module_file: str) -> None:
    """Load the `.kv` beside a module, once: Kivy would apply a rule that is loaded twice two times."""
    path = str(Path(module_file).with_suffix(".kv"))
    if path not in Builder.files:
        Builder.load_file(path, rulesonly=True)
