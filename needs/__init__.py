"""The room of needs: what the chain lacks, in measurable terms; challenges, bids, review and award."""
