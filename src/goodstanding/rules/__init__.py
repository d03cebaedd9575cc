"""The merchant's when/then: parse, check, evaluate, print back. Data only: closed fields, closed operators, no code."""

from .evaluate import Compiled, Routing, Verdict, compile_rules, dry_run, route
from .model import AllOf, Always, AnyOf, Approvers, Expression, Not, Rule, RuleError, Test, Then, all_of, any_of, negate
from .review import Finding, review
from .sentence import parse_condition, parse_rule, print_condition, print_rule
from .yaml_form import parse_yaml, print_yaml

__all__ = [
    "AllOf", "Always", "AnyOf", "Approvers", "Compiled", "Expression", "Finding", "Not", "Routing", "Rule", "RuleError", "Test",
    "Then", "Verdict", "all_of", "any_of", "compile_rules", "dry_run", "negate", "parse_condition", "parse_rule", "parse_yaml",
    "print_condition", "print_rule", "print_yaml", "review", "route",
]  # fmt: skip
