package memwall.core.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** The layers of one mapping, highest priority first, looked up together. */
final class Overlay {
  private final List<Node.Mapping> layers;

  Overlay(List<Node.Mapping> layers) {
    this.layers = List.copyOf(layers);
  }

  /** What the first layer that has the key says. */
  Optional<Node> value(String key) {
    for (Node.Mapping layer : layers) {
      Node.Mapping.Entry entry = layer.entries().get(key);
      if (entry != null) {
        return Optional.of(valueOf(entry));
      }
    }
    return Optional.empty();
  }

  /** What each layer that has the key says, highest priority first. */
  List<Node> values(String key) {
    List<Node> values = new ArrayList<>();
    for (Node.Mapping layer : layers) {
      Node.Mapping.Entry entry = layer.entries().get(key);
      if (entry != null) {
        values.add(valueOf(entry));
      }
    }
    return values;
  }

  /** All keys. The base's first, so that an override of one key does not change the order. */
  Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    for (int i = layers.size() - 1; i >= 0; i--) {
      keys.addAll(layers.get(i).entries().keySet());
    }
    return keys;
  }

  /**
   * Every key of every layer with its place there, down to the layer in which the deciding key, if
   * there is one, has another value than above.
   */
  void forEachKey(Optional<String> deciding, BiConsumer<String, Place> action) {
    Optional<String> decided = Optional.empty();
    for (Node.Mapping layer : layers) {
      Optional<String> here =
          deciding.map(layer.entries()::get).map(entry -> valueOf(entry).shown());
      if (decided.isPresent() && here.isPresent() && !decided.equals(here)) {
        return;
      }
      decided = decided.or(() -> here);
      layer.entries().forEach((key, entry) -> action.accept(key, entry.keyPlace()));
    }
  }

  /** The mapping's place: in the file or preset, not in an option that changes one key of it. */
  Place place() {
    for (Node.Mapping layer : layers) {
      if (layer.place().source().kind() != Source.Kind.OPTION) {
        return layer.place();
      }
    }
    return layers.get(0).place();
  }

  /** A value that is not there has its key's place; the parser puts it on the next line. */
  private static Node valueOf(Node.Mapping.Entry entry) {
    return entry.value() instanceof Node.Scalar scalar && scalar.isNull()
        ? new Node.Scalar(entry.keyPlace(), scalar.value(), false)
        : entry.value();
  }
}
