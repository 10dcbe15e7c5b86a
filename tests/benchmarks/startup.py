"""How soon the window is there, beside a bare Qt window: `python tests/benchmarks/startup.py`.

Each start is a process of its own; what counts is the time from its first line of Python to the
first paint, wall and CPU. A display is needed for figures that mean something (the offscreen
platform flatters both).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 7
GOAL_MS = 400
HEAVY = ("sqlalchemy", "numpy", "PIL", "pymupdf", "torch", "onnxruntime", "desktop.canvas.view")

CLOCK = """
import resource, sys, time
start = time.perf_counter()
def report():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    heavy = [name for name in {heavy!r} if name in sys.modules]
    print(round(1000 * (time.perf_counter() - start)),
          round(1000 * (usage.ru_utime + usage.ru_stime)), *heavy, flush=True)
    import os; os._exit(0)
"""
BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        QTimer.singleShot(0, report)
application = QApplication([])
window = Window()
window.resize(1280, 800)
window.show()
application.exec()
"""
OURS = """
from desktop.application import make_application
qt, application = make_application()
application.window.first_shown.connect(report)
application.window.show()
qt.exec()
"""


def start(code: str, home: str) -> tuple[int, int, list[str]]:
    """Milliseconds to the first paint (wall, CPU), and what heavy was imported by then."""
    done = subprocess.run(
        [sys.executable, "-c", CLOCK.format(heavy=HEAVY) + code],
        cwd=ROOT,
        env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    wall, cpu, *heavy = done.stdout.split()
    return int(wall), int(cpu), heavy


def main() -> int:
    """Print the figures; 1 where something heavy was imported before the window."""
    bare: list[tuple[int, int, list[str]]] = []
    ours: list[tuple[int, int, list[str]]] = []
    with tempfile.TemporaryDirectory() as home:
        for _run in range(RUNS):  # by turns, so that a busy machine is busy for both
            bare.append(start(BARE, home))
            ours.append(start(OURS, home))
    print(f"platform {os.environ.get('QT_QPA_PLATFORM', 'default')}, {RUNS} starts each, median")
    medians = {}
    for name, runs in (("bare Qt", bare), ("Proofdesk", ours)):
        wall, cpu = (statistics.median(run[part] for run in runs) for part in (0, 1))
        medians[name] = (wall, cpu)
        print(f"{name:10}  shown after {wall:4.0f} ms, {cpu:4.0f} ms of CPU time")
    ratios = [medians["Proofdesk"][part] / medians["bare Qt"][part] for part in (0, 1)]
    verdict = "met" if medians["Proofdesk"][0] <= GOAL_MS else "not met on this machine now"
    print(f"ratio       {ratios[0]:.2f} wall, {ratios[1]:.2f} CPU; goal {GOAL_MS} ms: {verdict}")
    heavy = sorted({name for run in ours for name in run[2]})
    print("heavy modules before the window:", ", ".join(heavy) or "none")
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main())
