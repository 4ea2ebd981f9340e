"""Policies over what is declared and what is live, guards over changes, lifecycle words. Pure functions."""
