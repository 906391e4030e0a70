"""The stores of daily lessons: subscribers, deliveries, leases, what digests say."""
