"""Find hidden emissions from the air, and hand that knowledge on honestly and safely."""

__version__ = "0.1.0"
