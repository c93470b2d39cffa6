"""What the product is compared with: the same work with nothing of ours in it, each a program of its own and as
short as can be.

They are texts, since no module of ours may import SQLite or Kivy outside its place.
"""

BARE_WINDOW = """
import os, sys, time
os.environ.update(KIVY_NO_ARGS="1", KIVY_NO_CONFIG="1", KIVY_NO_ENV_CONFIG="1", KIVY_LOG_MODE="PYTHON")
from kivy.config import Config
Config.set("graphics", "width", sys.argv[1])
Config.set("graphics", "height", sys.argv[2])
from kivy.base import runTouchApp
from kivy.core.window import Window
from kivy.uix.label import Label

def shown(*_):
    ticks = int(open("/proc/self/stat").read().rpartition(")")[2].split()[19])
    print('{"first_frame_s": %.3f}' % (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / 100), flush=True)
    Window.unbind(on_flip=shown)

Window.bind(on_flip=shown)
runTouchApp(Label(text="Gashall"))
"""
"""A Kivy window of WIDTH and HEIGHT with one label; says when its first frame was drawn, in seconds since the
process began."""

BARE_COMMITS = """
import json, sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA journal_mode=WAL").fetchall()
database.execute("PRAGMA synchronous=FULL")
database.execute("CREATE TABLE plain (number INTEGER PRIMARY KEY, text TEXT NOT NULL)")
print('{"synchronous": %d}' % database.execute("PRAGMA synchronous").fetchone()[0], flush=True)
for line in sys.stdin:
    commits = json.loads(line)
    began = time.perf_counter()
    for texts in commits:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO plain (text) VALUES (?)", [(text,) for text in texts])
        database.execute("COMMIT")
    print('{"took_s": %.6f}' % (time.perf_counter() - began), flush=True)
"""
"""A plain table in the database file that is given. Each line of input is a list of commits, each a list of texts:
one row each."""
