"""The regulations as Chinese scenarios, the steps that play them, and the gate that counts what they show."""
