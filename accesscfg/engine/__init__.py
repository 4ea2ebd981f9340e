"""Observe, compare, plan, apply. Comparing and ordering are pure; only `observe` and `apply` call exchanges."""
