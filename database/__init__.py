"""The ground under every room: base of the models, the clock, the transaction boundary and the migrations."""
