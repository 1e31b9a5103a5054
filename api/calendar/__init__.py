"""The working calendar: which days count, and the notices that say so."""
