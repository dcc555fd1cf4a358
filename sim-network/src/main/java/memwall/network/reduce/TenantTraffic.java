package memwall.network.reduce;

import memwall.network.aggregation.TokenTraffic;

/**
 * What the exchanges of a group that ended put on the links by the closed form, all together.
 *
 * @param parts copies or parts of pieces of tokens
 * @param hostLinkBytes on links of hosts
 * @param switchLinkBytes between switches
 * @param plainBytes on all links, were each copy and part a message of its own
 * @param busiestPs serialisation time of the busiest link of each exchange
 */
public record TenantTraffic(
    long parts, long hostLinkBytes, long switchLinkBytes, long plainBytes, long busiestPs) {
  static final TenantTraffic NONE = new TenantTraffic(0, 0, 0, 0, 0);

  TenantTraffic plus(long moreParts, TokenTraffic form, TokenTraffic plain) {
    return new TenantTraffic(
        parts + moreParts,
        hostLinkBytes + form.hostLinkBytes(),
        switchLinkBytes + form.switchLinkBytes(),
        plainBytes + plain.bytes(),
        busiestPs + form.busiestPs());
  }

  /** Share of the bytes of plain messages that are not sent. */
  public double savedShare() {
    return plainBytes == 0
        ? 0
        : 1 - (double) (hostLinkBytes + switchLinkBytes) / (double) plainBytes;
  }
}
