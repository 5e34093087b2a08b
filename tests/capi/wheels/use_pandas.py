import pandas as pd
df = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"], "c": [1.5, None, 2.5]})
print(df, df.dtypes, df.groupby("b").a.sum(), df[df.a > 1], df.describe())
print(df.to_csv(index=False), df.to_json(), pd.to_datetime(["2020-01-01", "2020-02-03"]), df.merge(df, on="b").shape)
s = pd.Series([3, 1, 2], index=list("abc")); print(s.sort_values(), s["a"], s.rolling(2).mean())
print(pd.date_range("2020", periods=3, freq="D"), pd.Timestamp("2020-01-01") + pd.Timedelta("1D"), df.pivot_table(index="b", values="a"))
