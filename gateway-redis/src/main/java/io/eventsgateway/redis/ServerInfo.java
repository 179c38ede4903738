package io.eventsgateway.redis;

/**
 * What a server says of itself by INFO.
 *
 * @param version its version; empty when it does not say
 * @param policy what it does when its memory is full; empty when it does not say
 * @param role master or slave; empty when it does not say
 */
record ServerInfo(String version, String policy, String role) {

    static ServerInfo of(String info) {
        return new ServerInfo(field(info, "redis_version:"), field(info, "maxmemory_policy:"), field(info, "role:"));
    }

    /** What stands behind a name in the answer to INFO; empty where it is not there. */
    static String field(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElse("");
    }

    /** Whether it has what the scripts need. */
    boolean isTooOld() {
        return !version.isEmpty() && !isAtLeast(6, 2);
    }

    boolean isReplica() {
        return role.equals("slave");
    }

    boolean hasShardedChannels() {
        return isAtLeast(7, 0);
    }

    /** Whether it would drop events that are still to be kept. */
    boolean evicts() {
        return !policy.isEmpty() && !policy.equals("noeviction");
    }

    private boolean isAtLeast(int major, int minor) {
        String[] parts = version.split("\\.", -1);
        try {
            int first = Integer.parseInt(parts[0]);
            int second = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
            return first > major || (first == major && second >= minor);
        } catch (NumberFormatException unknown) {
            return false;
        }
    }
}
