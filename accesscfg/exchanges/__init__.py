"""The exchanges: one folder a provider (its facts in `profile.yaml`, its wire code), and the client they share."""
