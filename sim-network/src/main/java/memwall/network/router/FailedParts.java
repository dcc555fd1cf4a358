package memwall.network.router;

import java.util.Arrays;
import memwall.core.stat.Counter;

/**
 * Which channels, routers and nodes of a network have failed, what of it is known, and the ways
 * that are made out for it.
 *
 * <p>When other ways are wanted, nodes begin no packets until those under way have left the network
 * by the old ones; then the new ones are taken.
 */
final class FailedParts {
  private final RouterFabric fabric;
  private final FabricPlan plan;
  private final ChannelFaults faults;
  private final FaultAgenda agenda;
  private final FabricFaultSpec spec;
  private final long cyclePs;
  private final Counter faultsSeen;
  private final Counter reroutes;

  /** Links that failed, by port; routers; nodes cut off. A channel works if none of it is down. */
  private final boolean[] linkDown;

  private final boolean[] routerDown;
  private final boolean[] nodeCut;

  /** Whether new ways wait for the network to become empty. */
  private boolean isDraining;

  /** By port and by node: what is known to be down, and what the present ways leave out. */
  private boolean[] wantedDown;

  private boolean[] wantedNodesDown;
  private boolean[] installedDown;

  FailedParts(
      RouterFabric fabric,
      FabricPlan plan,
      ChannelFaults faults,
      FaultAgenda agenda,
      FabricFaultSpec spec,
      long cyclePs,
      Counter faultsSeen,
      Counter reroutes) {
    this.fabric = fabric;
    this.plan = plan;
    this.faults = faults;
    this.agenda = agenda;
    this.spec = spec;
    this.cyclePs = cyclePs;
    this.faultsSeen = faultsSeen;
    this.reroutes = reroutes;
    Topology topology = plan.topology();
    linkDown = new boolean[topology.routers() * topology.radix()];
    routerDown = new boolean[topology.routers()];
    nodeCut = new boolean[topology.nodes()];
    wantedDown = linkDown.clone();
    wantedNodesDown = nodeCut.clone();
    installedDown = linkDown.clone();
  }

  private long cycles(long timePs) {
    return (timePs + cyclePs - 1) / cyclePs;
  }

  /** Does what an entry of the agenda says. */
  void happens(FaultAgenda.Item item) {
    switch (item.kind()) {
      case LINK_BY_CHANCE -> agenda.linkByChance(item.cycle());
      case ROUTER_BY_CHANCE -> agenda.routerByChance(item.cycle());
      case FAULT -> {
        faultsSeen.add(1);
        apply(agenda.fault(item.number()));
        if (spec.heartbeatPs() > 0) {
          long period = cycles(spec.heartbeatPs());
          long known = (item.cycle() / period + spec.misses()) * period;
          agenda.add(known, FaultAgenda.Kind.KNOWN, 0);
        }
      }
      case KNOWN -> look();
      case INSTALL -> {
        isDraining = !Arrays.equals(wantedDown, installedDown);
        faults.holdBack(isDraining);
      }
    }
  }

  /** What has failed by now is known; ways around it follow. */
  void look() {
    boolean[] down = faults.down();
    if (!Arrays.equals(down, wantedDown)) {
      wantedDown = down;
      wantedNodesDown = faults.nodeDown();
      agenda.add(fabric.now() + cycles(spec.rebuildPs()), FaultAgenda.Kind.INSTALL, 0);
    }
  }

  /** New ways are taken, if some wait and the network is empty. */
  void installIfEmpty() {
    if (!isDraining || fabric.packets().live() != fabric.sources().waiting()) {
      return;
    }
    isDraining = false;
    faults.holdBack(false);
    installedDown = wantedDown;
    reroutes.add(1);
    boolean allWorks = true;
    for (boolean down : installedDown) {
      allWorks &= !down;
    }
    EdgeList around =
        allWorks ? null : EdgeList.around(plan.topology(), installedDown, wantedNodesDown);
    fabric.setRouting(around == null ? plan.routing() : around);
    faults.setReach(around);
  }

  private void apply(FabricFault fault) {
    if (fault instanceof FabricFault.LinkDown down) {
      setLinks(down.router(), down.other(), true);
    } else if (fault instanceof FabricFault.LinkUp up) {
      agenda.repaired(up);
      setLinks(up.router(), up.other(), false);
      suspectRepair();
    } else if (fault instanceof FabricFault.LinkRate rate) {
      forLinks(rate.router(), rate.other(), port -> faults.setRate(port, rate.factor()));
    } else if (fault instanceof FabricFault.NodeDown down) {
      nodeCut[down.node()] = true;
      update(plan.topology().nodePort(down.node()));
    } else if (fault instanceof FabricFault.NodeUp up) {
      nodeCut[up.node()] = false;
      update(plan.topology().nodePort(up.node()));
      suspectRepair();
    } else if (fault instanceof FabricFault.RouterDown down) {
      routerDown[down.router()] = true;
      int radix = plan.topology().radix();
      for (int port = down.router() * radix; port < (down.router() + 1) * radix; port++) {
        update(port);
      }
    }
  }

  /** Without signs of life a part that works again says so itself. */
  private void suspectRepair() {
    if (spec.heartbeatPs() == 0) {
      agenda.add(fabric.now(), FaultAgenda.Kind.KNOWN, 0);
    }
  }

  /** Does something with a port. */
  @FunctionalInterface
  private interface PortAction {
    void of(int port);
  }

  private void forLinks(int router, int other, PortAction action) {
    Topology topology = plan.topology();
    int radix = topology.radix();
    for (int port = router * radix; port < (router + 1) * radix; port++) {
      if (topology.toRouter(port) && topology.peer(port) / radix == other) {
        action.of(port);
      }
    }
  }

  private void setLinks(int router, int other, boolean isDown) {
    forLinks(
        router,
        other,
        port -> {
          linkDown[port] = isDown;
          linkDown[plan.topology().peer(port)] = isDown;
          update(port);
        });
  }

  private void update(int port) {
    Topology topology = plan.topology();
    int radix = topology.radix();
    if (topology.toRouter(port)) {
      boolean isDown =
          linkDown[port] || routerDown[port / radix] || routerDown[topology.peer(port) / radix];
      fabric.setDown(port, isDown);
    } else if (topology.toNode(port)) {
      fabric.setDown(port, nodeCut[topology.node(port)] || routerDown[port / radix]);
    }
  }
}
