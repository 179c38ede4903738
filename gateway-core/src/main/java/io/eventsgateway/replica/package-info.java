/** How the processes of one service know of each other that they live. */
@NullMarked
package io.eventsgateway.replica;

import org.jspecify.annotations.NullMarked;
