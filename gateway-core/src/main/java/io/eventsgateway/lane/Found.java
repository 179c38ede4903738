package io.eventsgateway.lane;

/**
 * What a store answered to a claim.
 *
 * @param claim the claim
 * @param complete up to which offset the store was complete, in the claim's lane and under its tag
 */
public record Found(Claim claim, long complete) {

    /** Whether the store has lost something. */
    public boolean isLoss() {
        return claim.exceeds(complete);
    }
}
