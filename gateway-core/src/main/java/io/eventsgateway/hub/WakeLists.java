package io.eventsgateway.hub;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Who is to be woken when there is news of one destination: a list for each executor. Any thread may call, where nothing else is
 * said.
 */
final class WakeLists {

    private final HubListener listener;
    private final List<WakeList> lists = new CopyOnWriteArrayList<>();

    WakeLists(HubListener listener) {
        this.listener = listener;
    }

    /** The executor's list; to be called by that executor only. */
    WakeList of(SerialExecutor executor) {
        for (WakeList list : lists) {
            if (list.executor == executor) {
                return list;
            }
        }
        WakeList list = new WakeList(executor);
        lists.add(list);
        return list;
    }

    /** Drops a list on which nobody is any more; to be called by its executor only. */
    void leave(WakeList list) {
        if (list.isEmpty()) {
            lists.remove(list);
        }
    }

    void wake() {
        for (WakeList list : lists) {
            try {
                list.wake();
            } catch (RuntimeException | Error refused) {
                // an executor that takes nothing keeps no other from being woken
                listener.failed(refused);
            }
        }
    }
}
