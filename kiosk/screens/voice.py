"""Spoken prompts (H40), from recorded clips.

Nothing is spoken unless a folder of clips is given. The folder holds one sub-folder per language (`zh_CN`, `en`),
each with an `index.json` that maps a sentence, exactly as the hall sends it in `speak`, to a sound file beside it::

    zh_CN/index.json    {"您好，请插入燃气卡。": "greeting.ogg"}
    zh_CN/greeting.ogg

A sentence without a clip stays silent: the same words are always on the screen too, so nothing depends on sound. A
new sentence cuts the old one off, since it speaks of a screen that is no longer up.
"""

import json
import logging
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)


def read_index(clip_folder: Path) -> dict[tuple[str, str], Path]:
    """(language, sentence) -> sound file. Lines that name a missing file are left out and logged."""
    clips: dict[tuple[str, str], Path] = {}
    for index in sorted(clip_folder.glob("*/index.json")):
        sentences = json.loads(index.read_text(encoding="utf-8"))
        for sentence, name in sentences.items():
            path = index.parent / name
            if path.is_file():
                clips[index.parent.name, sentence] = path
            else:
                logger.warning("no sound file %s for the sentence %r", path, sentence)
    return clips


class Voice:
    """Speaks sentences for which there is a clip."""

    def __init__(self, clip_folder: Path | None = None) -> None:
        self._clips = {} if clip_folder is None else read_index(clip_folder)
        self._playing: Any = None

    def speak(self, sentence: str, language: str) -> bool:
        """Start the clip of `sentence`; `False` if there is none."""
        self.stop()
        path = self._clips.get((language, sentence))
        if path is None:
            return False
        from kivy.core.audio import SoundLoader

        self._playing = SoundLoader.load(str(path))
        if self._playing is None:
            logger.warning("the sound file %s can't be played", path)
            return False
        self._playing.play()
        return True

    def stop(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing.unload()
            self._playing = None
