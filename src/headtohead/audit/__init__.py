"""Audits: what shows only beside time, such as updates that are lost when many write at once.

A project's audits import `AuditedVariant`, `Answer` and `Fact` from here.
"""

from headtohead.audit.client import Answer, AuditedVariant, Fact

__all__ = ["Answer", "AuditedVariant", "Fact"]
