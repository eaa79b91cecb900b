"""Draws how the engines grow: time of a query and of a build over the number of passages, both axes logarithmic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .growth import Curve

_COLOURS = ("#0b6e4f", "#c8553d", "#3d5a98", "#8a6d3b", "#6b4c8a")  # told apart by lightness and marker as well
_MARKERS = "osD^v"


def draw(curves: Sequence[Curve], path: Path) -> None:
    """Write the picture; the ending of `path` says in which format.

    Raises: ModuleNotFoundError without matplotlib, OSError or ValueError where the file can't be written.
    """
    # Here, since only those who want a picture need it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 5.4), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    queries, builds = figure.subplots(1, 2)
    shown = [one for one in curves if one.points]
    looks = list(zip(shown, _COLOURS, _MARKERS, strict=False))
    for curve, colour, marker in looks:
        _line(queries, curve, "median_ms", colour=colour, marker=marker)
        _line(builds, curve, "build_s", colour=colour, marker=marker)
    for curve, colour, marker in looks:  # after the medians, so that the legend has a column of each
        _line(queries, curve, "p99_ms", colour=colour, marker=marker, faint=True)
    _axes(queries, "One query: median, and 99th percentile (dashed)", "milliseconds", columns=2)
    _axes(builds, "Building the index", "seconds", columns=1)
    figure.savefig(path)


def _line(axes: Any, curve: Curve, name: str, *, colour: str, marker: str, faint: bool = False) -> None:
    points = [(one.passages, getattr(one.cost, name)) for one in curve.points if getattr(one.cost, name)]
    if not points:
        return
    slope = curve.slope(name)
    label = f"{curve.engine if faint else curve.name}{', p99' if faint else ''}" + (
        "" if slope is None else f": slope {slope:.2f}"
    )
    axes.plot(
        [size for size, _ in points], [value for _, value in points], color=colour, marker=marker, label=label,
        markersize=4 if faint else 6, linewidth=1 if faint else 1.8, linestyle="--" if faint else "-",
        alpha=0.65 if faint else 1,
    )  # fmt: skip


def _axes(axes: Any, title: str, unit: str, *, columns: int) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axes.set(xscale="log", yscale="log", title=title, xlabel="passages", ylabel=unit)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
    axes.grid(which="major", color="#d0d0d0", linewidth=0.8)
    axes.grid(which="minor", color="#eeeeee", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=columns)
