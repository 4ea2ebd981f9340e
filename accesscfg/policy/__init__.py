"""What a workspace forbids: policies over what is declared and what is live, guards over changes. Pure functions."""
