/**
 * Who a caller is and what it may see: ports and the policies that need nothing else. Start at {@link
 * io.eventsgateway.auth.AccessPolicy}.
 */
package io.eventsgateway.auth;
