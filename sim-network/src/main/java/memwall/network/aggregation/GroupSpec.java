package memwall.network.aggregation;

import java.util.List;

/**
 * A group of hosts that reduce vectors together.
 *
 * @param name in messages
 * @param members hosts of the graph
 * @param form of the numbers
 * @param chunkBytes bytes on the links, without header, that a vector is cut into; must fit a slot
 * @param window chunks that a host may have under way, at least 1: chunk i leaves when the result
 *     of chunk i - window is there
 * @param quota slots that the group takes in each switch of its tree during an operation
 * @param admission what happens if they are not free
 * @param pull whether a sum goes back to one host, chunk by chunk another one, which sends it to
 *     all through the switches (NVLS: multimem.ld_reduce and multimem.st); else the root sends it
 *     to all
 * @param deadline how long to wait for whom
 * @param mayFallBack whether the hosts may reduce by themselves if there is no tree
 * @param spares who can stand in for members, and how
 */
public record GroupSpec(
    String name,
    List<Integer> members,
    NumberForm form,
    long chunkBytes,
    int window,
    int quota,
    Admission admission,
    boolean pull,
    DeadlineSpec deadline,
    boolean mayFallBack,
    Spares spares) {

  /**
   * Hosts that can stand in for failed members.
   *
   * @param hosts of the graph, no members
   * @param restoreBytes of state that a spare needs before it can go on, at least 0
   * @param restoreFrom the node that sends it; used only if there are spares
   */
  public record Spares(List<Integer> hosts, long restoreBytes, int restoreFrom) {
    /** Nobody. */
    public static final Spares NONE = new Spares(List.of(), 0, -1);

    /** Checks the ranges given above. */
    public Spares {
      hosts = List.copyOf(hosts);
      if (restoreBytes < 0) {
        throw new IllegalArgumentException("state of " + restoreBytes + " B: needs at least 0");
      }
    }
  }

  /** Checks the ranges given above. */
  public GroupSpec {
    members = List.copyOf(members);
    if (chunkBytes < 1 || chunkBytes % form.wireBytes() != 0 || window < 1 || quota < 1) {
      throw new IllegalArgumentException(
          "group '"
              + name
              + "': chunks of "
              + chunkBytes
              + " B, window "
              + window
              + ", quota "
              + quota
              + ": needs chunks of whole numbers of "
              + form.wireBytes()
              + " B, at least one, a window and a quota of at least 1");
    }
  }

  /** Checks that the group can work on a graph of such switches. */
  void check(Graph graph, SwitchSpec joint) {
    graph.checkMembers(members);
    long most = form.mostChunkBytes(joint.slotBytes());
    if (chunkBytes > most) {
      throw new IllegalArgumentException(
          "group '"
              + name
              + "': a chunk of "
              + chunkBytes
              + " B does not fit a slot of "
              + joint.slotBytes()
              + " B, which holds "
              + most
              + " B on the links: numbers take "
              + form.wireBytes()
              + " B there and "
              + form.sumBytes()
              + " B in the slot");
    }
    if (quota > joint.slots()) {
      throw new IllegalArgumentException(
          "group '"
              + name
              + "': quota "
              + quota
              + ", but a switch has "
              + joint.slots()
              + " slots");
    }
    for (int host : spares.hosts()) {
      if (host < 0 || host >= graph.nodes() || !graph.isHost(host) || members.contains(host)) {
        throw new IllegalArgumentException(
            "group '" + name + "': spare " + host + " is not a host, or is a member");
      }
    }
    if (!spares.hosts().isEmpty()
        && (spares.restoreFrom() < 0 || spares.restoreFrom() >= graph.nodes())) {
      throw new IllegalArgumentException(
          "group '" + name + "': node " + spares.restoreFrom() + " has no state of a spare");
    }
  }
}
