package memwall.memory.flash;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of all objects that can be reached from some: headers of 12 bytes (16 of arrays),
 * references of 4, all rounded up to 8, as the JVM lays them out by default below 32 GB.
 */
public final class ReachableBytes {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final ArrayDeque<Object> open = new ArrayDeque<>();
  private long bytes;

  private ReachableBytes() {}

  /**
   * Of objects of Memwall and fastutil, arrays and collections; classes themselves are left out.
   */
  public static long of(Object... roots) {
    ReachableBytes count = new ReachableBytes();
    for (Object root : roots) {
      count.meet(root);
    }
    while (!count.open.isEmpty()) {
      count.visit(count.open.remove());
    }
    return count.bytes;
  }

  private void meet(@Nullable Object object) {
    if (object != null && !(object instanceof Enum<?>) && seen.add(object)) {
      open.add(object);
    }
  }

  private void visit(Object object) {
    Class<?> type = object.getClass();
    if (type.isArray()) {
      Class<?> part = type.getComponentType();
      int length = Array.getLength(object);
      bytes += rounded(16L + (long) length * size(part));
      if (!part.isPrimitive()) {
        for (Object element : (Object[]) object) {
          meet(element);
        }
      }
    } else if (object instanceof Collection<?> collection && type.getName().startsWith("java.")) {
      bytes += rounded(24 + 16 + 4L * collection.size());
      collection.forEach(this::meet);
    } else if (type.getName().startsWith("java.")) {
      bytes += 16;
    } else {
      bytes += rounded(12 + fields(object, type));
    }
  }

  private long fields(Object object, Class<?> type) {
    long sum = 0;
    for (Class<?> its = type; its != null && its != Object.class; its = its.getSuperclass()) {
      if (its.getName().startsWith("java.")) {
        continue;
      }
      for (Field field : its.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())) {
          continue;
        }
        sum += size(field.getType());
        if (!field.getType().isPrimitive()) {
          try {
            field.setAccessible(true);
            meet(field.get(object));
          } catch (IllegalAccessException e) {
            throw new LinkageError(field.toString(), e);
          }
        }
      }
    }
    return sum;
  }

  private static long rounded(long size) {
    return (size + 7) / 8 * 8;
  }

  private static int size(Class<?> type) {
    if (type == long.class || type == double.class) {
      return 8;
    }
    if (type == short.class || type == char.class) {
      return 2;
    }
    return type == byte.class || type == boolean.class ? 1 : 4;
  }
}
