"""Every rule that a validation tries."""

from headtohead.validate.own_rules import OWN_RULES
from headtohead.validate.tool_rules import TOOL_RULES

RULES = (*OWN_RULES, *TOOL_RULES)
