// JdbcClient.java: the PostgreSQL JDBC driver, in simple, extended and server-prepared mode. Prints TAP lines.
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.util.Properties;

public class JdbcClient {
    static int number = 0;

    static void ok(boolean condition, String name, Object detail) {
        number++;
        System.out.println((condition ? "ok " : "not ok ") + number + " - " + name);
        if (!condition) System.out.println("# " + detail);
    }

    static String plan(Connection c, String sql, String value) throws Exception {
        StringBuilder text = new StringBuilder();
        try (PreparedStatement s = c.prepareStatement("EXPLAIN " + sql)) {
            s.setString(1, value);
            ResultSet r = s.executeQuery();
            while (r.next()) text.append(r.getString(1)).append('\n');
        }
        return text.toString();
    }

    static void check(String mode) throws Exception {
        Properties p = new Properties();
        p.setProperty("user", "client");
        p.setProperty("password", System.getenv("CLIENT_PASSWORD"));
        p.setProperty("preferQueryMode", mode);
        p.setProperty("prepareThreshold", "1");
        String url = "jdbc:postgresql://" + System.getenv("CLIENT_HOST") + ":" + System.getenv("CLIENT_PORT") + "/clients";
        try (Connection c = DriverManager.getConnection(url, p)) {
            for (String path : new String[] {"\"$user\", public, omni", "''"}) {
                String label = "JDBC " + mode + ", search_path = " + path + ": ";
                try (Statement s = c.createStatement()) { s.execute("SET search_path = " + path); }
                String[][] cases = {{"sku", " ts-red-42", "TS-RED-42"}, {"email", "USER42@example.com", "user42@example.com"},
                    {"phone", "+49 30 2000042", "+49302000042"}, {"identifier", "user_id:42", "user_id:42"}};
                for (String[] k : cases) {
                    String sql = "SELECT id, " + k[0] + " FROM public.item WHERE " + k[0] + " = ?";
                    for (int i = 0; i < 3; i++) {
                        try (PreparedStatement s = c.prepareStatement(sql)) {
                            s.setString(1, k[1]);
                            ResultSet r = s.executeQuery();
                            boolean found = r.next() && r.getInt(1) == 42 && r.getString(2).equals(k[2]) && !r.next();
                            if (i == 2) ok(found, label + k[0] + " = ? finds the row", sql);
                        }
                    }
                    String plan = plan(c, sql, k[1]);
                    ok(plan.contains("Index"), label + k[0] + " = ? uses the index", plan.replace("\n", " "));
                }
                try (PreparedStatement s = c.prepareStatement("SELECT id FROM public.item WHERE sku = ANY (?) ORDER BY id")) {
                    Array a = c.createArrayOf("text", new String[] {"TS-RED-7", "ts-red-9"});
                    s.setArray(1, a);
                    ResultSet r = s.executeQuery();
                    ok(r.next() && r.getInt(1) == 7 && r.next() && r.getInt(1) == 9 && !r.next(), label + "= ANY (text array)", "");
                }
                try (PreparedStatement s = c.prepareStatement("INSERT INTO public.item (id, sku, email) VALUES (6002, ?, ?)")) {
                    s.setString(1, "jdbc-1");
                    s.setString(2, "Jdbc@Example.com");
                    ok(s.executeUpdate() == 1, label + "insert with strings", "");
                }
                try (Statement s = c.createStatement()) {
                    ResultSet r = s.executeQuery("SELECT sku, email FROM public.item WHERE id = 6002");
                    ok(r.next() && r.getString(1).equals("JDBC-1") && r.getString(2).equals("jdbc@example.com"), label + "read back", "");
                    s.execute("DELETE FROM public.item WHERE id = 6002");
                    r = s.executeQuery("SELECT * FROM shop_bi.customer_360 LIMIT 5");
                    ResultSetMetaData m = r.getMetaData();
                    int rows = 0;
                    while (r.next()) { for (int i = 1; i <= m.getColumnCount(); i++) r.getObject(i); rows++; }
                    ok(rows == 5 && m.getColumnCount() >= 12, label + "a view with all its columns", m.getColumnCount());
                }
            }
        }
    }

    public static void main(String[] args) throws Exception {
        for (String mode : new String[] {"extended", "extendedForPrepared", "simple"}) {
            try { check(mode); } catch (Exception e) { ok(false, "JDBC " + mode + " works", e); }
        }
        System.out.println("1.." + number);
    }
}
