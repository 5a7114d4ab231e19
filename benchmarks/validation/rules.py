"""Every rule that a validation tries."""

from benchmarks.validation.own_rules import OWN_RULES
from benchmarks.validation.tool_rules import TOOL_RULES

RULES = (*OWN_RULES, *TOOL_RULES)
