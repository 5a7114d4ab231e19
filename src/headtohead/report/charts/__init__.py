"""Charts as inline SVG: pure functions from numbers to markup.

Horizontal positions are percentages and the SVG has no viewBox, so a chart fills any width while
its text keeps the size of the page's.
"""
